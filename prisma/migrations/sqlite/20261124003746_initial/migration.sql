-- CreateTable
CREATE TABLE "Host" (
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
    "peer" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Network" (
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

    PRIMARY KEY ("hostName", "id"),
    CONSTRAINT "Network_hostName_fkey" FOREIGN KEY ("hostName") REFERENCES "Host" ("name") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "NetworkLabel" (
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    PRIMARY KEY ("hostName", "networkId", "key"),
    CONSTRAINT "NetworkLabel_hostName_networkId_fkey" FOREIGN KEY ("hostName", "networkId") REFERENCES "Network" ("hostName", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Subnet" (
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "cidr" TEXT NOT NULL,
    "ipRange" TEXT,
    "gateway" TEXT,
    "auxAddresses" JSONB NOT NULL,
    "family" INTEGER NOT NULL,
    "firstAddress" TEXT NOT NULL,
    "lastAddress" TEXT NOT NULL,

    PRIMARY KEY ("hostName", "networkId", "position"),
    CONSTRAINT "Subnet_hostName_networkId_fkey" FOREIGN KEY ("hostName", "networkId") REFERENCES "Network" ("hostName", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
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

    PRIMARY KEY ("hostName", "networkId", "containerId"),
    CONSTRAINT "Endpoint_hostName_networkId_fkey" FOREIGN KEY ("hostName", "networkId") REFERENCES "Network" ("hostName", "id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Operation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "hostName" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "request" JSONB NOT NULL,
    "sent" JSONB,
    "state" TEXT NOT NULL,
    "outcome" TEXT,
    "actor" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "idempotencyKey" TEXT,
    "requestHash" TEXT,
    "createdAt" BIGINT NOT NULL,
    "dispatchedAt" BIGINT,
    "finishedAt" BIGINT,
    "durationMs" INTEGER,
    "deadlineMs" INTEGER NOT NULL,
    "journalId" TEXT,
    "result" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "engineMessage" TEXT,
    "hint" TEXT,
    "settledAt" BIGINT,
    "settledBy" TEXT,
    "explanation" TEXT
);

-- CreateTable
CREATE TABLE "RemovedNetwork" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "record" JSONB NOT NULL,
    "operationId" TEXT,
    "removedAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "hostName" TEXT,
    "target" JSONB NOT NULL,
    "operationId" TEXT,
    "outcome" TEXT NOT NULL,
    "detail" JSONB NOT NULL
);

-- CreateIndex
CREATE INDEX "Network_id_idx" ON "Network"("id");

-- CreateIndex
CREATE INDEX "Network_name_idx" ON "Network"("name");

-- CreateIndex
CREATE INDEX "Network_driver_idx" ON "Network"("driver");

-- CreateIndex
CREATE INDEX "NetworkLabel_key_value_idx" ON "NetworkLabel"("key", "value");

-- CreateIndex
CREATE INDEX "Subnet_firstAddress_idx" ON "Subnet"("firstAddress");

-- CreateIndex
CREATE INDEX "Endpoint_hostName_containerId_idx" ON "Endpoint"("hostName", "containerId");

-- CreateIndex
CREATE INDEX "Endpoint_containerName_idx" ON "Endpoint"("containerName");

-- CreateIndex
CREATE INDEX "Operation_hostName_id_idx" ON "Operation"("hostName", "id");

-- CreateIndex
CREATE INDEX "Operation_state_outcome_idx" ON "Operation"("state", "outcome");

-- CreateIndex
CREATE UNIQUE INDEX "Operation_actor_idempotencyKey_key" ON "Operation"("actor", "idempotencyKey");

-- CreateIndex
CREATE INDEX "RemovedNetwork_hostName_networkId_idx" ON "RemovedNetwork"("hostName", "networkId");

-- CreateIndex
CREATE INDEX "RemovedNetwork_operationId_idx" ON "RemovedNetwork"("operationId");

-- CreateIndex
CREATE INDEX "AuditEntry_hostName_idx" ON "AuditEntry"("hostName");

-- CreateIndex
CREATE INDEX "AuditEntry_operationId_idx" ON "AuditEntry"("operationId");
