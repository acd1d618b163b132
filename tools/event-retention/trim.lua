-- Trims one stream to what somebody has still to apply. KEYS[1] is the stream, ARGV the groups that must know it.
-- Answers how many entries went. Without all of its groups nothing is trimmed: somebody has not come yet.
local stream = KEYS[1]
if redis.call('EXISTS', stream) == 0 then return 0 end
if redis.call('TYPE', stream).ok ~= 'stream' then return 0 end

local function members(flat)
  local read = {}
  for i = 1, #flat, 2 do read[flat[i]] = flat[i + 1] end
  return read
end

local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function before(a, b)
  local aMs, aSeq = parts(a)
  local bMs, bSeq = parts(b)
  return aMs < bMs or (aMs == bMs and aSeq < bSeq)
end

local groups = {}
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local group = members(info)
  groups[group.name] = group
end

local keepFrom
for _, name in ipairs(ARGV) do
  local group = groups[name]
  if not group then return 0 end
  local ms, seq = string.match(group['last-delivered-id'], '^(%d+)-(%d+)$')
  local from = ms .. '-' .. string.format('%d', tonumber(seq) + 1)
  if group.pending > 0 then from = redis.call('XPENDING', stream, name)[2] end
  if not keepFrom or before(from, keepFrom) then keepFrom = from end
end
if not keepFrom then return 0 end
return redis.call('XTRIM', stream, 'MINID', keepFrom)
