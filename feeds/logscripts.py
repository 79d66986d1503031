"""What the log must do at a stroke, as scripts that its server runs: all of it, or nothing."""

from __future__ import annotations

from typing import Final

APPEND_ONCE: Final = """
local ids, again = {}, 0
for k = 1, #KEYS, 2 do
  local first = 2 + (k - 1) / 2 * 10
  local id = redis.call('GET', KEYS[k])
  if id then
    again = again + 1
  else
    id = redis.call('XADD', KEYS[k + 1], '*', unpack(ARGV, first, first + 9))
    redis.call('SET', KEYS[k], id, 'EX', ARGV[1])
  end
  ids[#ids + 1] = id
end
return {ids, again}
"""
"""Each record and the mark that it is on the log: both or neither."""
BURY_ONCE: Final = """
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, 3))
end
"""
"""The mark that an entry has been refused, and its letter: both or neither."""
TRIM: Final = """
local newest = redis.call('XREVRANGE', KEYS[1], '(' .. ARGV[1], '-', 'COUNT', 1)
if newest[1] then redis.call('HSET', KEYS[2], KEYS[1], newest[1][1]) end
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
"""
COMMAND_ONCE: Final = """
local done = redis.call('GET', KEYS[1])
if done then return done end
local function order(id) local ms, n = string.match(id, '(%d+)-(%d+)'); return tonumber(ms), tonumber(n) end
local acted = redis.call('GET', KEYS[2])
if acted and ARGV[1] ~= '' then
  local ms, n = order(acted)
  local seen_ms, seen_n = order(ARGV[1])
  if ms > seen_ms or (ms == seen_ms and n > seen_n) then return false end
end
local cut = ARGV[1] ~= '' and redis.call('HGET', 'wall:trimmed', KEYS[4])
if cut then
  local ms, n = order(cut)
  local seen_ms, seen_n = order(ARGV[1])
  if ms > seen_ms or (ms == seen_ms and n > seen_n) then return false end
end
local since = ARGV[1] ~= '' and redis.call('XRANGE', KEYS[4], '(' .. ARGV[1], '+') or {}
for _, entry in ipairs(since) do
  local said = {}
  for k = 1, #entry[2], 2 do said[entry[2][k]] = entry[2][k + 1] end
  local moves = not string.find(ARGV[4], said['type'] or '-', 1, true)
  if moves and string.find(said['data'] or '', ARGV[3], 1, true) then return false end
end
local ids, newest = {}, nil
for k = 5, #KEYS do
  local first = 5 + (k - 5) * 10
  ids[#ids + 1] = redis.call('XADD', KEYS[k], '*', unpack(ARGV, first, first + 9))
  if KEYS[k] == KEYS[4] then newest = ids[#ids] end
end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 5 + (#KEYS - 4) * 10))
if newest then redis.call('SET', KEYS[2], newest, 'EX', ARGV[2]) end
local receipt = cjson.encode(ids)
redis.call('SET', KEYS[1], receipt, 'EX', ARGV[2])
return receipt
"""
"""A command's records, its line in the audit and its receipt: all once, or none. None where a record about the same
subject came after what the deciding picture had read of the stream, or may have come and been dropped since; those of
commands are known by a key as well, for a sender may write an id with escapes."""
SETTLE_ONCE: Final = """
local before = redis.call('HGET', KEYS[1], ARGV[1])
if before and cjson.decode(before).state ~= ARGV[2] then return false end
local said, line = cjson.decode(ARGV[3]), {unpack(ARGV, KEYS[3] and 14 or 4)}
if KEYS[3] then
  said.entry = redis.call('XADD', KEYS[3], '*', unpack(ARGV, 4, 13))
  line[#line + 1], line[#line + 2] = 'entry', said.entry
end
redis.call('XADD', KEYS[2], '*', unpack(line))
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(said))
return said.entry or ''
"""
"""What has become of a dead letter, its line in the audit, and the record made of it, if one was. None where something
else than `ARGV[2]` had become of it already."""
