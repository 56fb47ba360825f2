-- AlterTable
ALTER TABLE "SigningKey" ADD COLUMN     "signsFrom" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "tokenSeconds" DOUBLE PRECISION NOT NULL DEFAULT 0;

-- Keys that were made before have signed since.
UPDATE "SigningKey" SET "signsFrom" = "createdAt";
