import { type NextRequest, NextResponse } from "next/server";

// Hands what the API answers on to the Go server. In this file, and not among
// the rewrites of next.config.ts, since those are fixed when the page is built:
// one image serves any address. Only builds of the Node server see it (see
// pageExtensions there).
export function proxy(request: NextRequest) {
  const api = process.env.LEADLAKE_API_URL ?? "http://127.0.0.1:8000";
  const { pathname, search } = request.nextUrl;
  return NextResponse.rewrite(new URL(pathname.replace(/\/$/, "") + search, api));
}

export const config = {
  matcher: ["/api/:path*", "/docs/:path*", "/redoc/:path*", "/openapi.json"],
};
