import * as v from 'valibot';

/** What is read of the API of Immich, as its OpenAPI document describes it (1.118 to 3). What is not named here may change. */

/** `GET /libraries` */
export const librariesAnswer = v.array(
  v.object({ id: v.string(), name: v.string(), importPaths: v.array(v.string()) }),
);

/** `POST /search/metadata`; `nextPage` is a number as a text */
export const searchAnswer = v.object({
  assets: v.object({
    items: v.array(v.object({ id: v.string(), originalPath: v.string() })),
    nextPage: v.nullish(v.string()),
  }),
});

/** `GET /assets/{id}` */
export const assetAnswer = v.object({ tags: v.nullish(v.array(v.object({ value: v.string() }))) });

/** `GET /api-keys/me` */
export const apiKeyAnswer = v.object({ permissions: v.array(v.string()) });

/** of an error: one text, or a list of them */
export const errorAnswer = v.object({ message: v.union([v.string(), v.array(v.string())]) });
