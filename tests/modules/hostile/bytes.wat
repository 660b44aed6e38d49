;; Writes rows whose bytes are not the canonical encoding of their type. Every call must trap but the last one, good_rows,
;; which shows that the tables themselves are sound.
;;! {"module":{"name":"bytes","version":"1.0.0","abi":1}}
;;! {"type":{"name":"Colour","enum":[{"name":"red"},{"name":"green"},{"name":"blue"}]}}
;;! {"type":{"name":"Pair","struct":[{"name":"number","type":"u8"},{"name":"flag","type":"bool"}]}}
;;! {"table":{"name":"t_bool","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"bool"}]}}
;;! {"table":{"name":"t_string","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"string"}]}}
;;! {"table":{"name":"t_bytes","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"bytes"}]}}
;;! {"table":{"name":"t_f32","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"f32"}]}}
;;! {"table":{"name":"t_f64","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"f64"}]}}
;;! {"table":{"name":"t_option","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"option<u8>"}]}}
;;! {"table":{"name":"t_list","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"list<u16>"}]}}
;;! {"table":{"name":"t_map","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"map<string,u8>"}]}}
;;! {"table":{"name":"t_enum","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"Colour"}]}}
;;! {"table":{"name":"t_struct","columns":[{"name":"id","type":"u8","primaryKey":true},{"name":"value","type":"Pair"}]}}
;;! {"event":{"name":"flag","type":"bool"}}
;;! {"reducer":{"name":"bool_of_two"}}
;;! {"reducer":{"name":"row_too_short"}}
;;! {"reducer":{"name":"row_empty"}}
;;! {"reducer":{"name":"row_too_long"}}
;;! {"reducer":{"name":"text_not_utf8"}}
;;! {"reducer":{"name":"text_overlong"}}
;;! {"reducer":{"name":"text_surrogate"}}
;;! {"reducer":{"name":"text_longer_than_row"}}
;;! {"reducer":{"name":"bytes_longer_than_row"}}
;;! {"reducer":{"name":"f32_nan_with_payload"}}
;;! {"reducer":{"name":"f32_negative_nan"}}
;;! {"reducer":{"name":"f32_signalling_nan"}}
;;! {"reducer":{"name":"f64_nan_with_payload"}}
;;! {"reducer":{"name":"f64_negative_nan"}}
;;! {"reducer":{"name":"option_of_two"}}
;;! {"reducer":{"name":"option_without_value"}}
;;! {"reducer":{"name":"list_longer_than_row"}}
;;! {"reducer":{"name":"list_of_four_billion"}}
;;! {"reducer":{"name":"map_unsorted"}}
;;! {"reducer":{"name":"map_with_duplicate"}}
;;! {"reducer":{"name":"enum_without_such_variant"}}
;;! {"reducer":{"name":"struct_with_bad_field"}}
;;! {"reducer":{"name":"payload_not_canonical"}}
;;! {"reducer":{"name":"bad_update"}}
;;! {"reducer":{"name":"good_rows"}}
(module
  (import "interstice" "table" (func $table (param i32 i32) (result i32)))
  (import "interstice" "insert" (func $insert (param i32 i32 i32 i32 i32) (result i32)))
  (import "interstice" "update" (func $update (param i32 i32 i32) (result i32)))
  (import "interstice" "emit" (func $emit (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "t_bool")
  (data (i32.const 16) "t_string")
  (data (i32.const 32) "t_bytes")
  (data (i32.const 48) "t_f32")
  (data (i32.const 64) "t_f64")
  (data (i32.const 80) "t_option")
  (data (i32.const 96) "t_list")
  (data (i32.const 112) "t_map")
  (data (i32.const 128) "t_enum")
  (data (i32.const 144) "t_struct")
  (data (i32.const 160) "flag")
  (data (i32.const 512) "\01\02")
  (data (i32.const 544) "\01")
  (data (i32.const 608) "\01\01\00")
  (data (i32.const 640) "\01\02\00\00\00\c3\28")
  (data (i32.const 672) "\01\02\00\00\00\c0\80")
  (data (i32.const 704) "\01\03\00\00\00\ed\a0\80")
  (data (i32.const 736) "\01\ff\ff\ff\ff")
  (data (i32.const 768) "\01\05\00\00\00\01")
  (data (i32.const 800) "\01\01\00\c0\7f")
  (data (i32.const 832) "\01\00\00\c0\ff")
  (data (i32.const 864) "\01\00\00\a0\7f")
  (data (i32.const 896) "\01\01\00\00\00\00\00\f8\7f")
  (data (i32.const 928) "\01\00\00\00\00\00\00\f8\ff")
  (data (i32.const 960) "\01\02\00")
  (data (i32.const 992) "\01\01")
  (data (i32.const 1024) "\01\03\00\00\00\01\00\02\00")
  (data (i32.const 1056) "\01\ff\ff\ff\ff\01\00")
  (data (i32.const 1088) "\01\02\00\00\00\01\00\00\00b\01\01\00\00\00a\02")
  (data (i32.const 1120) "\01\02\00\00\00\01\00\00\00a\01\01\00\00\00a\02")
  (data (i32.const 1152) "\01\03")
  (data (i32.const 1184) "\01\07\02")
  (data (i32.const 1216) "\01\01")
  (data (i32.const 1248) "\01\02\00\00\00\c3\a4")
  (data (i32.const 1280) "\01\00\00\00\00\00\00\f8\7f")
  (data (i32.const 1312) "\01\02\00\00\00\01\00\00\00a\02\01\00\00\00b\01")
  (data (i32.const 1344) "\01\02")
  (data (i32.const 1376) "\01\07\01")
  (data (i32.const 1408) "\02")
  (func (export "interstice_alloc") (param i32) (result i32) (i32.const 60000))
  (func (export "reducer:bool_of_two") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 512) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:row_too_short") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 544) (i32.const 1) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:row_empty") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 576) (i32.const 0) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:row_too_long") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 608) (i32.const 3) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:text_not_utf8") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 16) (i32.const 8)) (i32.const 640) (i32.const 7) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:text_overlong") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 16) (i32.const 8)) (i32.const 672) (i32.const 7) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:text_surrogate") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 16) (i32.const 8)) (i32.const 704) (i32.const 8) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:text_longer_than_row") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 16) (i32.const 8)) (i32.const 736) (i32.const 5) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:bytes_longer_than_row") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 32) (i32.const 7)) (i32.const 768) (i32.const 6) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:f32_nan_with_payload") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 48) (i32.const 5)) (i32.const 800) (i32.const 5) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:f32_negative_nan") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 48) (i32.const 5)) (i32.const 832) (i32.const 5) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:f32_signalling_nan") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 48) (i32.const 5)) (i32.const 864) (i32.const 5) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:f64_nan_with_payload") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 64) (i32.const 5)) (i32.const 896) (i32.const 9) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:f64_negative_nan") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 64) (i32.const 5)) (i32.const 928) (i32.const 9) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:option_of_two") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 80) (i32.const 8)) (i32.const 960) (i32.const 3) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:option_without_value") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 80) (i32.const 8)) (i32.const 992) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:list_longer_than_row") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 96) (i32.const 6)) (i32.const 1024) (i32.const 9) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:list_of_four_billion") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 96) (i32.const 6)) (i32.const 1056) (i32.const 7) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:map_unsorted") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 112) (i32.const 5)) (i32.const 1088) (i32.const 17) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:map_with_duplicate") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 112) (i32.const 5)) (i32.const 1120) (i32.const 17) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:enum_without_such_variant") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 128) (i32.const 6)) (i32.const 1152) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:struct_with_bad_field") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 144) (i32.const 8)) (i32.const 1184) (i32.const 3) (i32.const 4096) (i32.const 512)))
    (i32.const 0))
  (func (export "reducer:payload_not_canonical") (param i32 i32) (result i32)
    (call $emit (i32.const 160) (i32.const 4) (i32.const 1408) (i32.const 1))
    (i32.const 0))
  (func (export "reducer:bad_update") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 1216) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (drop (call $update (call $table (i32.const 0) (i32.const 6)) (i32.const 512) (i32.const 2)))
    (i32.const 0))
  (func (export "reducer:good_rows") (param i32 i32) (result i32)
    (drop (call $insert (call $table (i32.const 0) (i32.const 6)) (i32.const 1216) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (drop (call $insert (call $table (i32.const 16) (i32.const 8)) (i32.const 1248) (i32.const 7) (i32.const 4096) (i32.const 512)))
    (drop (call $insert (call $table (i32.const 64) (i32.const 5)) (i32.const 1280) (i32.const 9) (i32.const 4096) (i32.const 512)))
    (drop (call $insert (call $table (i32.const 112) (i32.const 5)) (i32.const 1312) (i32.const 17) (i32.const 4096) (i32.const 512)))
    (drop (call $insert (call $table (i32.const 128) (i32.const 6)) (i32.const 1344) (i32.const 2) (i32.const 4096) (i32.const 512)))
    (drop (call $insert (call $table (i32.const 144) (i32.const 8)) (i32.const 1376) (i32.const 3) (i32.const 4096) (i32.const 512)))
    (i32.const 0)))
