"""What editors need to colour a policy; all of it is made from the grammar's own tables."""
