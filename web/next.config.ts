import type { NextConfig } from "next";

// The product is the static export that the Go binary embeds. The same tree
// also builds a Node server (BUILD_TARGET=standalone) for a deployment in two
// containers; src/proxy.server.ts hands /api to the Go server.
const standalone = process.env.BUILD_TARGET === "standalone";

const common: NextConfig = {
  trailingSlash: true,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  poweredByHeader: false,
  images: { unoptimized: true },
  // A fixed id: two builds of one tree are equal byte for byte.
  generateBuildId: () => "leadlake",
  experimental: { globalNotFound: true },
};

// What the Go server sends with the page, but for the hashes of the scripts in
// it, which it knows and this one does not.
const safety = [
  {
    key: "Content-Security-Policy",
    value:
      "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
      "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "no-referrer" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

const defaults = ["tsx", "ts", "jsx", "js"];

// `next dev` serves like the Node server: an export cannot hand anything on.
const config: NextConfig =
  standalone || process.env.NODE_ENV === "development"
    ? {
        ...common,
        output: standalone ? "standalone" : undefined,
        outputFileTracingRoot: import.meta.dirname,
        // What makes images smaller; the page has none to make smaller.
        outputFileTracingExcludes: {
          "*": ["node_modules/.pnpm/@img+*/**", "node_modules/.pnpm/sharp@*/**"],
        },
        pageExtensions: ["server.ts", ...defaults],
        skipTrailingSlashRedirect: true,
        headers: async () => [{ source: "/:path*", headers: safety }],
        redirects: async () => [
          {
            source: "/",
            has: [{ type: "header", key: "accept-language", value: "en.*" }],
            destination: "/en/",
            permanent: false,
          },
          { source: "/", destination: "/fr/", permanent: false },
        ],
      }
    : { ...common, output: "export" };

export default config;
