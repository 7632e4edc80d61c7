-- Gives central everything unfinished of a session that is gone for good. 1 session  2 note  3 at most so many

local id, stop = start(true)
if stop then return stop end

local session, note, limit = arg(1), arg(2), tonumber(arg(3))

-- Its lists hold the rows of what central gets now; whoever takes that name later must not find them.
local function take_rows_back(adopted)
  for _, list in ipairs({ prefix .. ':events:' .. session, prefix .. ':claims:' .. session }) do
    for _, row in ipairs(redis.call('LRANGE', list, 0, -1)) do
      local is_json, e = pcall(cjson.decode, row)
      if is_json and type(e) == 'table' and adopted[e.key] then redis.call('LREM', list, 1, row) end
    end
  end
end

local rows = {}
for _, zset in ipairs({ 'accepted', 'lane:0', 'lane:1', 'hand' }) do
  for _, d in ipairs(read_all(redis.call('ZRANGE', key(zset, session), 0, limit - 1))) do rows[#rows + 1] = d end
end
by_number(rows)
local adopted = {}
for i = 1, math.min(limit, #rows) do
  local d = rows[i]
  if COUNTED[d.state] == 'turn' then move(d, QUEUED, note) end
  adopt(d, note, note)
  adopted[d.event] = true
end
if #rows > 0 then take_rows_back(adopted) end
return finish(id, math.min(limit, #rows))
