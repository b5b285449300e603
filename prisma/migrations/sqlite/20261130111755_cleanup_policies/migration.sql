-- AlterTable
ALTER TABLE "RemovedNetwork" ADD COLUMN "restoredAt" BIGINT;
ALTER TABLE "RemovedNetwork" ADD COLUMN "restoredNetworkId" TEXT;
ALTER TABLE "RemovedNetwork" ADD COLUMN "restoringOperation" TEXT;

-- CreateTable
CREATE TABLE "Policy" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "paused" BOOLEAN NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "updatedBy" TEXT NOT NULL,
    "anchorAt" BIGINT NOT NULL,
    "scheduledThrough" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "PolicyVersion" (
    "policyId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "spec" JSONB NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,

    PRIMARY KEY ("policyId", "version")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "policyId" TEXT NOT NULL,
    "policyName" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "trigger" TEXT NOT NULL,
    "scheduledFor" BIGINT,
    "scheduledUntil" BIGINT,
    "instants" INTEGER NOT NULL,
    "zoneRules" TEXT,
    "mode" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "outcome" TEXT,
    "reason" TEXT NOT NULL,
    "dueAt" BIGINT NOT NULL,
    "planHash" TEXT,
    "plannedAt" BIGINT,
    "summary" JSONB,
    "approvedBy" TEXT,
    "approvedAt" BIGINT,
    "expiresAt" BIGINT,
    "owner" TEXT,
    "leaseUntil" BIGINT,
    "fence" INTEGER NOT NULL,
    "actor" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "peer" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "startedAt" BIGINT,
    "finishedAt" BIGINT
);

-- CreateTable
CREATE TABLE "RunItem" (
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "hostName" TEXT NOT NULL,
    "networkId" TEXT NOT NULL,
    "networkName" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "wave" INTEGER NOT NULL,
    "restorability" TEXT NOT NULL,
    "explanation" TEXT NOT NULL,
    "losses" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "outcome" TEXT,
    "reason" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "engineMessage" TEXT NOT NULL,
    "operationId" TEXT,
    "restoredId" TEXT,
    "endedAt" BIGINT,

    PRIMARY KEY ("runId", "position")
);

-- CreateTable
CREATE TABLE "Freeze" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "frozen" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "at" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Notification" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "noticeId" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "notice" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "nextAt" BIGINT NOT NULL,
    "endedAt" BIGINT,
    "error" TEXT
);

-- CreateIndex
CREATE UNIQUE INDEX "Policy_name_key" ON "Policy"("name");

-- CreateIndex
CREATE INDEX "Run_policyId_id_idx" ON "Run"("policyId", "id");

-- CreateIndex
CREATE INDEX "Run_state_idx" ON "Run"("state");

-- CreateIndex
CREATE UNIQUE INDEX "Run_policyId_scheduledFor_key" ON "Run"("policyId", "scheduledFor");

-- CreateIndex
CREATE INDEX "RunItem_runId_hostName_idx" ON "RunItem"("runId", "hostName");

-- CreateIndex
CREATE INDEX "RunItem_operationId_idx" ON "RunItem"("operationId");

-- CreateIndex
CREATE INDEX "RunItem_hostName_networkId_idx" ON "RunItem"("hostName", "networkId");

-- CreateIndex
CREATE INDEX "Notification_state_nextAt_idx" ON "Notification"("state", "nextAt");

-- CreateIndex
CREATE INDEX "Notification_runId_idx" ON "Notification"("runId");
