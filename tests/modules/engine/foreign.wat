;; Imports that the host does not give, of every kind.
(module
  (import "env" "do" (func (param i32 i64 f32 f64 externref) (result i64)))
  (import "env" "memory" (memory 1))
  (import "env" "table" (table 1 funcref))
  (import "env" "global" (global i32))
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 64)))
