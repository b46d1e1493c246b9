// npm run types: src/api/schema.d.ts from the agreed description of the API. References it does not resolve become unknown.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const description = JSON.parse(readFileSync(new URL("../../tests/guarantees/openapi.json", import.meta.url), "utf8"));
const known = (path) => path.slice(2).split("/").reduce((at, name) => at?.[name], description) !== undefined;
const whole = (node) => {
  if (Array.isArray(node)) return node.map(whole);
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string" && !known(node.$ref)) return {};
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, whole(value)]));
};
writeFileSync(new URL("src/api/schema.d.ts", import.meta.url), astToString(await openapiTS(whole(description), { silent: true })));
