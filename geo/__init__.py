"""What digital infrastructure each village and commune has, how sure that is, and what is missing."""
