/** A picture for a screen. */
export interface ScreenPicture {
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel, row by row */
  readonly rgb: Uint8Array;
  readonly png: Uint8Array;
}

/** What a screen can show. */
export interface PictureSize {
  /** pixels at most */
  readonly width: number;
  readonly height: number;
  /** how many colours at most, 256 or less; absent: all */
  readonly colors?: number;
}
