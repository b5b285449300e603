-- CreateIndex
CREATE INDEX "HistoryEntry_networkName_seq_idx" ON "HistoryEntry"("networkName", "seq");

-- No model can express partial indexes. Most of what happens is done outside, and is in neither.
CREATE INDEX "HistoryEntry_by_actor" ON "HistoryEntry"("actor", "seq") WHERE "operationId" IS NOT NULL;
CREATE INDEX "HistoryEntry_by_operation" ON "HistoryEntry"("operationId", "seq") WHERE "operationId" IS NOT NULL;
