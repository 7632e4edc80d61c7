using System.Security.Cryptography;
using System.Text;

namespace Bellhop.Redis.Listener;

/// <summary>Compares passwords in constant time and limits wrong ones by address. The right one always passes.</summary>
internal sealed class WrongPasswords(RespOptions options, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly byte[]? _expected = options.Password is { } password
        ? Digest(Encoding.UTF8.GetBytes(password))
        : null;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Count, long Since)> _wrong = [];

    public enum Verdict
    {
        Right,
        Wrong,
        TooMany,
    }

    public bool IsRequired => _expected is not null;

    public Verdict Check(byte[] user, byte[] password, string address)
    {
        // Both are compared whatever the first says, over digests, so that neither length nor match shows in the time.
        var rightUser = CryptographicOperations.FixedTimeEquals(Digest(user), Digest("default"u8));
        var rightPassword = CryptographicOperations.FixedTimeEquals(Digest(password), _expected);
        if (rightUser & rightPassword)
            return Verdict.Right;
        return CountWrong(address) > ListenerLimits.MaxWrongPasswords ? Verdict.TooMany : Verdict.Wrong;
    }

    private int CountWrong(string address)
    {
        lock (_lock)
        {
            if (_wrong.Count >= ListenerLimits.MaxCountedAddresses && !_wrong.ContainsKey(address))
                address = MakeRoom() ? address : "";
            var now = time.GetTimestamp();
            var (count, since) = _wrong.GetValueOrDefault(address, (0, now));
            if (time.GetElapsedTime(since, now) >= Window)
                (count, since) = (0, now);
            _wrong[address] = (Math.Min(count + 1, int.MaxValue - 1), since);
            return count + 1;
        }
    }

    private bool MakeRoom()
    {
        var now = time.GetTimestamp();
        foreach (var (address, _) in _wrong.Where(w => time.GetElapsedTime(w.Value.Since, now) >= Window).ToList())
            _wrong.Remove(address);
        return _wrong.Count < ListenerLimits.MaxCountedAddresses;
    }

    private static byte[] Digest(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);
}
