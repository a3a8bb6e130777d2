/** Where the reader's choice of theme is kept: "light", "dark", or nothing for the device's. */
export const themeKey = "leadlake-theme";

/** Runs in the head, before the first paint. Its text is hashed for the page's policy. */
export const themeScript = `(function(){var t;try{t=localStorage.getItem(${JSON.stringify(
  themeKey,
)})}catch(e){}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light"})()`;
