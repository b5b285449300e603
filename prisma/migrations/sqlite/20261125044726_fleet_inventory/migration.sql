-- History, counts, and short keys for what belongs to a network. The order matters: children find their network's new
-- key in "new_Network", and the counts of a host come from the rows that it had.

CREATE TABLE "HistoryEntry" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" BIGINT NOT NULL,
    "notBefore" BIGINT,
    "hostName" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "networkName" TEXT NOT NULL,
    "containerId" TEXT NOT NULL,
    "containerName" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "operationId" TEXT,
    "actor" TEXT
);
CREATE INDEX "HistoryEntry_hostName_seq_idx" ON "HistoryEntry"("hostName", "seq");
CREATE INDEX "HistoryEntry_networkId_seq_idx" ON "HistoryEntry"("networkId", "seq");
CREATE INDEX "HistoryEntry_containerName_seq_idx" ON "HistoryEntry"("containerName", "seq");
CREATE INDEX "HistoryEntry_at_idx" ON "HistoryEntry"("at");

PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;

CREATE TABLE "new_Network" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hostName" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "createdAt" TEXT NOT NULL,
    "internal" BOOLEAN NOT NULL,
    "attachable" BOOLEAN NOT NULL,
    "ingress" BOOLEAN NOT NULL,
    "ipv4" BOOLEAN NOT NULL,
    "ipv6" BOOLEAN NOT NULL,
    "configOnly" BOOLEAN NOT NULL,
    "configFrom" TEXT NOT NULL,
    "ipamDriver" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "predefined" BOOLEAN NOT NULL,
    "endpointCount" INTEGER NOT NULL,
    "activeEndpointCount" INTEGER NOT NULL,
    "record" JSONB NOT NULL,
    "firstSeenAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "unusedSinceAt" BIGINT,
    CONSTRAINT "Network_hostName_fkey" FOREIGN KEY ("hostName") REFERENCES "Host" ("name") ON DELETE CASCADE ON UPDATE CASCADE
);
-- An empty digest: the next snapshot writes each network again, and with it what is new here.
INSERT INTO "new_Network" ("activeEndpointCount", "attachable", "configFrom", "configOnly", "createdAt", "digest", "driver", "endpointCount", "firstSeenAt", "hostName", "id", "ingress", "internal", "ipamDriver", "ipv4", "ipv6", "name", "predefined", "record", "scope", "updatedAt", "unusedSinceAt") SELECT "activeEndpointCount", "attachable", "configFrom", "configOnly", "createdAt", '', "driver", "endpointCount", "firstSeenAt", "hostName", "id", "ingress", "internal", "ipamDriver", "ipv4", "ipv6", "name", "predefined", "record", "scope", "updatedAt", CASE WHEN "endpointCount" = 0 THEN "updatedAt" END FROM "Network" ORDER BY "hostName", "id";

CREATE TABLE "new_NetworkLabel" (
    "networkSeq" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    PRIMARY KEY ("networkSeq", "key"),
    CONSTRAINT "NetworkLabel_networkSeq_fkey" FOREIGN KEY ("networkSeq") REFERENCES "Network" ("seq") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
INSERT INTO "new_NetworkLabel" ("networkSeq", "key", "value") SELECT n."seq", o."key", o."value" FROM "NetworkLabel" o JOIN "new_Network" n ON n."hostName" = o."hostName" AND n."id" = o."networkId";
DROP TABLE "NetworkLabel";

CREATE TABLE "new_Subnet" (
    "networkSeq" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "cidr" TEXT NOT NULL,
    "ipRange" TEXT,
    "gateway" TEXT,
    "auxAddresses" JSONB NOT NULL,
    "family" INTEGER NOT NULL,
    "firstAddress" TEXT NOT NULL,
    "lastAddress" TEXT NOT NULL,

    PRIMARY KEY ("networkSeq", "position"),
    CONSTRAINT "Subnet_networkSeq_fkey" FOREIGN KEY ("networkSeq") REFERENCES "Network" ("seq") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
INSERT INTO "new_Subnet" ("networkSeq", "auxAddresses", "cidr", "family", "firstAddress", "gateway", "ipRange", "lastAddress", "position") SELECT n."seq", o."auxAddresses", o."cidr", o."family", o."firstAddress", o."gateway", o."ipRange", o."lastAddress", o."position" FROM "Subnet" o JOIN "new_Network" n ON n."hostName" = o."hostName" AND n."id" = o."networkId";
DROP TABLE "Subnet";

CREATE TABLE "new_Endpoint" (
    "networkSeq" INTEGER NOT NULL,
    "containerId" TEXT NOT NULL,
    "containerName" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "ipv4" TEXT NOT NULL,
    "ipv6" TEXT NOT NULL,
    "mac" TEXT NOT NULL,
    "aliases" JSONB NOT NULL,
    "project" TEXT NOT NULL,
    "service" TEXT NOT NULL,

    PRIMARY KEY ("networkSeq", "containerId"),
    CONSTRAINT "Endpoint_networkSeq_fkey" FOREIGN KEY ("networkSeq") REFERENCES "Network" ("seq") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
INSERT INTO "new_Endpoint" ("networkSeq", "aliases", "containerId", "containerName", "endpointId", "ipv4", "ipv6", "mac", "project", "service", "state") SELECT n."seq", o."aliases", o."containerId", o."containerName", o."endpointId", o."ipv4", o."ipv6", o."mac", o."project", o."service", o."state" FROM "Endpoint" o JOIN "new_Network" n ON n."hostName" = o."hostName" AND n."id" = o."networkId";
DROP TABLE "Endpoint";

CREATE TABLE "NetworkProject" (
    "networkSeq" INTEGER NOT NULL,
    "project" TEXT NOT NULL,

    PRIMARY KEY ("networkSeq", "project"),
    CONSTRAINT "NetworkProject_networkSeq_fkey" FOREIGN KEY ("networkSeq") REFERENCES "Network" ("seq") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
INSERT INTO "NetworkProject" ("networkSeq", "project")
  SELECT "networkSeq", "project" FROM "new_Endpoint" WHERE "project" <> ''
  UNION SELECT "networkSeq", "value" FROM "new_NetworkLabel" WHERE "key" = 'com.docker.compose.project' AND "value" <> '';
CREATE INDEX "NetworkProject_project_idx" ON "NetworkProject"("project");

CREATE TABLE "new_Host" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "labels" JSONB NOT NULL,
    "agentLabels" JSONB NOT NULL,
    "agentVersion" TEXT NOT NULL,
    "capability" INTEGER NOT NULL,
    "engineKind" TEXT NOT NULL,
    "engineVersion" TEXT NOT NULL,
    "engineApiVersion" TEXT NOT NULL,
    "simulated" BOOLEAN NOT NULL,
    "swarmNodeId" TEXT NOT NULL,
    "swarmClusterId" TEXT NOT NULL,
    "swarmManager" BOOLEAN NOT NULL,
    "engineState" TEXT NOT NULL,
    "engineReason" TEXT NOT NULL,
    "streamId" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    "setDigest" TEXT NOT NULL,
    "synced" BOOLEAN NOT NULL,
    "connected" BOOLEAN NOT NULL,
    "lastHeardAt" BIGINT NOT NULL,
    "journalId" TEXT NOT NULL,
    "firstSeenAt" BIGINT NOT NULL,
    "peer" TEXT NOT NULL,
    "policy" JSONB,
    "networkCount" INTEGER NOT NULL,
    "endpointCount" INTEGER NOT NULL
);
INSERT INTO "new_Host" ("agentLabels", "agentVersion", "capability", "connected", "engineApiVersion", "engineKind", "engineReason", "engineState", "engineVersion", "firstSeenAt", "journalId", "labels", "lastHeardAt", "name", "peer", "policy", "revision", "setDigest", "simulated", "streamId", "swarmClusterId", "swarmManager", "swarmNodeId", "synced", "networkCount", "endpointCount") SELECT "agentLabels", "agentVersion", "capability", "connected", "engineApiVersion", "engineKind", "engineReason", "engineState", "engineVersion", "firstSeenAt", "journalId", "labels", "lastHeardAt", "name", "peer", "policy", "revision", '', "simulated", "streamId", "swarmClusterId", "swarmManager", "swarmNodeId", 0,
  (SELECT COUNT(*) FROM "Network" WHERE "hostName" = "Host"."name"),
  (SELECT COALESCE(SUM("endpointCount"), 0) FROM "Network" WHERE "hostName" = "Host"."name") FROM "Host";

CREATE TABLE "new_RemovedNetwork" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "record" JSONB NOT NULL,
    "operationId" TEXT,
    "actor" TEXT,
    "firstSeenAt" BIGINT NOT NULL,
    "lastSeenAt" BIGINT NOT NULL,
    "removedAt" BIGINT NOT NULL
);
INSERT INTO "new_RemovedNetwork" ("hostName", "id", "name", "networkId", "operationId", "record", "removedAt", "firstSeenAt", "lastSeenAt") SELECT "hostName", "id", "name", "networkId", "operationId", "record", "removedAt", "removedAt", "removedAt" FROM "RemovedNetwork";
DROP TABLE "RemovedNetwork";

DROP TABLE "Network";
DROP TABLE "Host";
ALTER TABLE "new_Host" RENAME TO "Host";
ALTER TABLE "new_Network" RENAME TO "Network";
ALTER TABLE "new_NetworkLabel" RENAME TO "NetworkLabel";
ALTER TABLE "new_Subnet" RENAME TO "Subnet";
ALTER TABLE "new_Endpoint" RENAME TO "Endpoint";
ALTER TABLE "new_RemovedNetwork" RENAME TO "RemovedNetwork";
CREATE INDEX "Network_id_idx" ON "Network"("id");
CREATE INDEX "Network_by_name" ON "Network"("name", "hostName", "driver", "scope", "predefined", "endpointCount");
CREATE INDEX "Network_by_host" ON "Network"("hostName", "name", "driver", "scope", "predefined", "endpointCount");
CREATE INDEX "Network_by_driver" ON "Network"("driver", "hostName", "name", "scope", "predefined", "endpointCount");
CREATE INDEX "Network_scope_name_idx" ON "Network"("scope", "name");
CREATE INDEX "Network_by_unused" ON "Network"("unusedSinceAt", "hostName", "name");
CREATE INDEX "Network_by_created" ON "Network"("createdAt", "hostName");
CREATE UNIQUE INDEX "Network_hostName_id_key" ON "Network"("hostName", "id");
CREATE INDEX "NetworkLabel_key_value_idx" ON "NetworkLabel"("key", "value");
CREATE INDEX "Subnet_firstAddress_lastAddress_idx" ON "Subnet"("firstAddress", "lastAddress");
CREATE INDEX "RemovedNetwork_removedAt_idx" ON "RemovedNetwork"("removedAt");
CREATE INDEX "RemovedNetwork_name_idx" ON "RemovedNetwork"("name");
CREATE INDEX "RemovedNetwork_hostName_networkId_idx" ON "RemovedNetwork"("hostName", "networkId");
CREATE INDEX "RemovedNetwork_operationId_idx" ON "RemovedNetwork"("operationId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- What people search for, one row a network; the text itself is not kept. inventory.rows.ts writes more into it (containers,
-- labels, addresses) when the network's host has told of it again.
CREATE VIRTUAL TABLE "NetworkText" USING fts5("text", content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
INSERT INTO "NetworkText" (rowid, "text") SELECT "seq", "name" || ' ' || "hostName" || ' ' || "driver" || ' ' || substr("id", 1, 16) FROM "Network";
CREATE TRIGGER "Network_text_gone" AFTER DELETE ON "Network" BEGIN
  DELETE FROM "NetworkText" WHERE rowid = OLD."seq";
END;
