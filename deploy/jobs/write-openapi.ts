/** Part of the image's build: writes the API document of the whole shop to the path that it is given, for catalog. */
import { writeMergedOpenApi } from '../../tools/generate/merged-openapi.ts';

const [, , file] = process.argv;
if (!file) throw new Error('the path of the document is needed');
console.log(await writeMergedOpenApi(file));
process.exit();
