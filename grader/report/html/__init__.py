"""The report: a site of plain files for staff, and a page for each student that tells of nobody else."""
