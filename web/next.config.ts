import type { NextConfig } from "next";

// The product is the static export that the Go binary embeds. The same tree
// also builds a Node server (BUILD_TARGET=standalone) for a deployment in two
// containers; it hands /api to the Go server at LEADLAKE_API_URL.
const standalone = process.env.BUILD_TARGET === "standalone";

const common: NextConfig = {
  trailingSlash: true,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  poweredByHeader: false,
  images: { unoptimized: !standalone },
  // A fixed id: two builds of one tree are equal byte for byte.
  generateBuildId: () => "leadlake",
  experimental: { globalNotFound: true },
};

const api = process.env.LEADLAKE_API_URL ?? "http://127.0.0.1:8000";

// `next dev` serves like the Node server: an export cannot hand anything on.
const config: NextConfig =
  standalone || process.env.NODE_ENV === "development"
    ? {
        ...common,
        output: standalone ? "standalone" : undefined,
        outputFileTracingRoot: import.meta.dirname,
        skipTrailingSlashRedirect: true,
        redirects: async () => [
          {
            source: "/",
            has: [{ type: "header", key: "accept-language", value: "en.*" }],
            destination: "/en/",
            permanent: false,
          },
          { source: "/", destination: "/fr/", permanent: false },
        ],
        rewrites: async () =>
          ["/api/:path*", "/docs", "/redoc", "/openapi.json"].map((source) => ({
            source,
            destination: api + source,
          })),
      }
    : { ...common, output: "export" };

export default config;
