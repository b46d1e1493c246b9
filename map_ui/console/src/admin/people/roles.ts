/** Roles a post may have, as the service knows them, from the finest area up. */
export const POST_ROLES = ["micro_grid_leader", "micro_grid_member", "grid_worker", "linked_leader", "community_secretary", "village_committee", "street_office", "district_centre", "city_centre", "mobile_member"];

/** Why somebody is away. */
export const REASONS = ["leave", "sick", "training", "duty", "secondment", "other"];
