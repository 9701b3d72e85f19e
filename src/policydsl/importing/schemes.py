from policydsl.importing.gathering import Made
def looks_like_a_scheme(d): return False
def scheme(d): return Made([],[],{},[],[],[])
