// One scene of a draft: what it is for, and its paragraphs. In the text already, it is folded away.
import type { ReactNode } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import classes from "./Project.module.css";

interface SceneTextProps {
  scene: { number: number; aim: string; paragraphs: string[] };
  of: number;
  language: string;
  growing?: boolean;
  accepted?: boolean;
  children?: ReactNode;
}

export function SceneText({ scene, of, language, growing = false, accepted = false, children }: SceneTextProps) {
  const { t } = useI18n();
  const name = t("drafting.scene", { n: scene.number, of });
  const aim = scene.aim && (
    <p className={classes["draftCost"]} dir="auto" lang={language}>
      {scene.aim}
    </p>
  );
  const paragraphs = scene.paragraphs.map((text, index) => (
    <p key={index} dir="auto" lang={language}>
      {text}
    </p>
  ));
  if (accepted) {
    return (
      <details className={classes["scene"]} data-testid="scene" data-accepted>
        <summary>
          {name} · {t("drafting.accepted")}
        </summary>
        {aim}
        {paragraphs}
      </details>
    );
  }
  return (
    <article className={classes["scene"]} data-testid="scene" data-growing={growing || undefined} aria-busy={growing || undefined}>
      <header className={classes["draftLine"]}>
        <div>
          <h3>{name}</h3>
          {aim}
        </div>
        {children}
      </header>
      {paragraphs}
    </article>
  );
}
