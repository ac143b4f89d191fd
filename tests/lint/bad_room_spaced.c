/* as: src/criteria/planted.c */
/* expect: room criteria must not include zones/zonal.h: zones comes after criteria */
  #  include"zones/zonal.h"
