-- AlterTable
ALTER TABLE "Host" ADD COLUMN "policy" JSONB;

-- AlterTable
ALTER TABLE "HostIdentity" DROP COLUMN "deadBelow";
ALTER TABLE "HostIdentity" ADD COLUMN "deadUntil" BIGINT;
