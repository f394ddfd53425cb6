/** esbuild takes the style sheets out into main.css. */
declare module '*.css';
