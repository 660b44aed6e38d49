;; More memory and table entries than the suite's limits allow.
(module
  (memory (export "memory") 65)
  (table 2000 funcref)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64)))
