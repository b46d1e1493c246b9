import { t } from "../../i18n";
import { areaName } from "../../state/vocabulary";
import type { Post } from "../wire";

/** Who holds a post, by name. */
export const holdersOf = (post: Post): string => post.holders.map((one) => one.name).join(t("admin.comma"));

/** The area of a post, by name where the page knows it. */
export const placeOf = (post: Post): string => areaName(post.area.code ?? "");

/** A post as a person would call it. */
export const postName = (post: Post): string => `${placeOf(post)} ${post.title}`;
