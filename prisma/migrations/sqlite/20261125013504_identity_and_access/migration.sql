-- CreateTable
CREATE TABLE "HostIdentity" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "hostName" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "address" TEXT,
    "addressAsGiven" TEXT,
    "joinTokenId" TEXT,
    "generation" INTEGER NOT NULL,
    "confirmed" BOOLEAN NOT NULL,
    "publicKey" TEXT NOT NULL,
    "previousKey" TEXT,
    "certificate" TEXT NOT NULL,
    "serial" TEXT NOT NULL,
    "previousSerial" TEXT,
    "rootDigest" TEXT NOT NULL,
    "notBefore" BIGINT NOT NULL,
    "notAfter" BIGINT NOT NULL,
    "trustedRoots" JSONB NOT NULL,
    "deadBelow" INTEGER NOT NULL,
    "recoveries" INTEGER NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "joinedAt" BIGINT,
    "renewedAt" BIGINT,
    "endedAt" BIGINT,
    "quarantine" JSONB,
    "keepInstance" TEXT
);

-- CreateTable
CREATE TABLE "JoinToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "secretHash" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "hostName" TEXT,
    "rootDigest" TEXT NOT NULL,
    "maxUses" INTEGER NOT NULL,
    "uses" INTEGER NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    "revokedAt" BIGINT
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hosts" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "expiresAt" BIGINT,
    "lastUsedAt" BIGINT,
    "revokedAt" BIGINT
);

-- CreateTable
CREATE TABLE "WebSession" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "secretHash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "hosts" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    "lastUsedAt" BIGINT,
    "endedAt" BIGINT
);

-- CreateTable
CREATE TABLE "AuditCheckpoint" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "signature" TEXT NOT NULL
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_AuditEntry" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "peer" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "hostName" TEXT,
    "target" JSONB NOT NULL,
    "operationId" TEXT,
    "outcome" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL
);
INSERT INTO "new_AuditEntry" ("action", "actor", "at", "client", "detail", "hostName", "operationId", "outcome", "seq", "target", "peer", "previousHash", "hash") SELECT "action", "actor", "at", "client", "detail", "hostName", "operationId", "outcome", "seq", "target", '', '', '' FROM "AuditEntry";
DROP TABLE "AuditEntry";
ALTER TABLE "new_AuditEntry" RENAME TO "AuditEntry";
CREATE INDEX "AuditEntry_hostName_idx" ON "AuditEntry"("hostName");
CREATE INDEX "AuditEntry_operationId_idx" ON "AuditEntry"("operationId");
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");
CREATE TABLE "new_Operation" (
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
    "peer" TEXT NOT NULL,
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
INSERT INTO "new_Operation" ("actor", "client", "createdAt", "deadlineMs", "dispatchedAt", "durationMs", "engineMessage", "errorCode", "errorMessage", "explanation", "finishedAt", "hint", "hostName", "id", "idempotencyKey", "journalId", "kind", "outcome", "request", "requestHash", "result", "sent", "settledAt", "settledBy", "state", "target", "peer") SELECT "actor", "client", "createdAt", "deadlineMs", "dispatchedAt", "durationMs", "engineMessage", "errorCode", "errorMessage", "explanation", "finishedAt", "hint", "hostName", "id", "idempotencyKey", "journalId", "kind", "outcome", "request", "requestHash", "result", "sent", "settledAt", "settledBy", "state", "target", '' FROM "Operation";
DROP TABLE "Operation";
ALTER TABLE "new_Operation" RENAME TO "Operation";
CREATE INDEX "Operation_hostName_id_idx" ON "Operation"("hostName", "id");
CREATE INDEX "Operation_state_outcome_idx" ON "Operation"("state", "outcome");
CREATE UNIQUE INDEX "Operation_actor_idempotencyKey_key" ON "Operation"("actor", "idempotencyKey");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "HostIdentity_hostName_idx" ON "HostIdentity"("hostName");

-- CreateIndex
CREATE INDEX "HostIdentity_serial_idx" ON "HostIdentity"("serial");

-- CreateIndex
CREATE INDEX "JoinToken_expiresAt_idx" ON "JoinToken"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_name_key" ON "ApiToken"("name");

-- CreateIndex
CREATE INDEX "WebSession_issuer_subject_idx" ON "WebSession"("issuer", "subject");
