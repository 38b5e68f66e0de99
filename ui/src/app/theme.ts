// Mantine's theme: a pine accent on warm paper. Colours of surfaces and text are in styles.css.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#eef5f3",
  "#dbe9e5",
  "#b9d3cc",
  "#94bcb2",
  "#79aa9e",
  "#5c9486",
  "#437d70",
  "#356a5f",
  "#2c5f57",
  "#1f4a43",
];

// Mantine's own red is too light for words: on paper and under white letters it stays below 4.5 to 1
const red: MantineColorsTuple = [
  "#fdf0ee",
  "#f9dcd8",
  "#f0b8b1",
  "#e6928a",
  "#dc7067",
  "#d1534a",
  "#c64037",
  "#b8362e",
  "#a52a23",
  "#7f1f1a",
];

const gray: MantineColorsTuple = [
  "#faf8f4",
  "#f3f0ea",
  "#e7e2d9",
  "#d8d2c6",
  "#bfb8aa",
  "#989183",
  "#6f6a5f",
  "#565147",
  "#3b3832",
  "#23211d",
];

const dark: MantineColorsTuple = [
  "#e6e2da",
  "#bdb8ad",
  "#9b968b",
  "#5f5c55",
  "#45433e",
  "#383632",
  "#272623",
  "#1b1a18",
  "#151413",
  "#0f0e0d",
];

/** `words`: what is said of buttons that are only a sign, in the page's language. */
export const themeWith = (words: { close: string }) =>
  createTheme({
    primaryColor: "pine",
    primaryShade: { light: 8, dark: 7 },
    autoContrast: true,
    luminanceThreshold: 0.25,
    colors: { pine, red, gray, dark },
    white: "#fffdf9",
    black: "#23211d",
    defaultRadius: "md",
    fontFamily: "var(--sans)",
    headings: { fontFamily: "var(--serif)", fontWeight: "600" },
    cursorType: "pointer",
    respectReducedMotion: true,
    components: {
      CloseButton: { defaultProps: { "aria-label": words.close } },
      Tooltip: { defaultProps: { withArrow: true, openDelay: 250, transitionProps: { duration: 80 } } },
      // no empty element is focused first: in a menu only its items can be, and axe counts it as one that is none
      Menu: { defaultProps: { shadow: "md", position: "bottom-end", withInitialFocusPlaceholder: false } },
      Modal: {
        defaultProps: { centered: true, radius: "lg" },
        styles: { title: { font: "600 1.15rem/1.35 var(--serif)" } },
      },
    },
  });
