;; Writes whatever rows it is given: into a table of any name, so that tests can put other declarations in place of these.
;;! {"module":{"name":"rows","version":"1.0.0","abi":1}}
;;! {"table":{"name":"items","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"name","type":"string"}]}}
;;! {"reducer":{"name":"insert","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}
;;! {"reducer":{"name":"update","parameters":[{"name":"table","type":"string"},{"name":"row","type":"bytes"}]}}
;;! {"reducer":{"name":"delete","parameters":[{"name":"table","type":"string"},{"name":"key","type":"bytes"}]}}
;;! {"query":{"name":"size","parameters":[{"name":"table","type":"string"}],"result":"i64"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "delete" (func $delete (param i32 i32 i32) (result i32)))
  (import "interstice" "count" (func $count (param i32) (result i64)))
  (import "interstice" "returns" (func $returns (param i32 i32)))
  (memory (export "memory") 4)
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 1024))
  ;; The table that arguments begin with.
  (func $target (param $args i32) (result i32)
    (call $table (i32.add (local.get $args) (i32.const 4)) (i32.load (local.get $args))))
  ;; Where the second argument begins: its length.
  (func $second (param $args i32) (result i32)
    (i32.add (local.get $args) (i32.add (i32.const 4) (i32.load (local.get $args)))))
  ;; 0 for what is 0 or more.
  (func $end (param $result i32) (result i32)
    (i32.shr_u (local.get $result) (i32.const 31)))
  (func (export "reducer:insert") (param $args i32) (param $length i32) (result i32)
    (local $row i32)
    (local.set $row (call $second (local.get $args)))
    (call $end (call $insert (call $target (local.get $args)) (i32.add (local.get $row) (i32.const 4)) (i32.load (local.get $row))
      (i32.const 131072) (i32.const 131072))))
  (func (export "reducer:update") (param $args i32) (param $length i32) (result i32)
    (local $row i32)
    (local.set $row (call $second (local.get $args)))
    (call $end (call $update (call $target (local.get $args)) (i32.add (local.get $row) (i32.const 4)) (i32.load (local.get $row)))))
  (func (export "reducer:delete") (param $args i32) (param $length i32) (result i32)
    (local $key i32)
    (local.set $key (call $second (local.get $args)))
    (call $end (call $delete (call $target (local.get $args)) (i32.add (local.get $key) (i32.const 4)) (i32.load (local.get $key)))))
  (func (export "query:size") (param $args i32) (param $length i32) (result i32)
    (i64.store (i32.const 64) (call $count (call $target (local.get $args))))
    (call $returns (i32.const 64) (i32.const 8))
    (i32.const 0)))
