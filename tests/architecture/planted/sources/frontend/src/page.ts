export const mutualFunds = 1;
