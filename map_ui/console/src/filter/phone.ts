// What looks like a telephone number. Such a text never goes into the address or a text search. Pure.
const MOBILE = /^(?:\+?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}$/;
const FIXED = /^0\d{2,3}[ -]?\d{7,8}$/;

/** The beginning of a mobile number, while it is still being typed. */
export const startsPhone = (text: string): boolean => /^(?:\+?86[ -]?)?1[3-9][\d -]{2,}$/.test(text.trim());

export const isPhone = (text: string): boolean => MOBILE.test(text.trim()) || FIXED.test(text.trim());
