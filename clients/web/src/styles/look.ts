// Faces first, then tokens, then what uses them. A browser fetches only the ranges of a face that a page shows.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./base.css";
import "./page.css";
