import { defineConfig, globalIgnores } from "eslint/config";
import nextVitals from "eslint-config-next/core-web-vitals";
import nextTs from "eslint-config-next/typescript";

export default defineConfig([
  ...nextVitals,
  ...nextTs,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-console": "error",
      "@next/next/no-head-element": "off", // of the Pages Router; ours are root layouts
    },
  },
  { files: ["scripts/**", "e2e/**"], rules: { "no-console": "off" } },
  globalIgnores([
    ".next/**",
    "out/**",
    "next-env.d.ts",
    "src/lib/api/schema.gen.ts",
    "playwright-report/**",
    "test-results/**",
  ]),
]);
