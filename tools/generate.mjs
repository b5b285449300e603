/** `npm run generate`: writes everything that is generated anew: protocol types, database client. */
import { generatePrismaClient } from './generate-prisma.mjs';
import { generateProto } from './generate-proto.mjs';

await generateProto();
await generatePrismaClient();
