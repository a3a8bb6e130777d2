"use client";

/** When the page itself breaks. Both languages: which one it was may be lost with it. */
export default function GlobalError() {
  return (
    <html lang="fr">
      <body>
        <h1>Leadlake</h1>
        <p>
          La page s’est arrêtée. Vos données ne sont pas touchées. <a href="">Recharger</a>
        </p>
        <p lang="en">
          The page has stopped. Your data is untouched. <a href="">Reload</a>
        </p>
      </body>
    </html>
  );
}
