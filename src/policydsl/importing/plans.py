from policydsl.importing.gathering import Made
def looks_like_a_plan(d): return False
def work_plan(d): return Made([],[],{},[],[],[])
