export default function NotFound() {
  return <html lang="fr"><body>404</body></html>;
}
