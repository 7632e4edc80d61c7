namespace Bellhop.Redis.Commands;

/// <summary>What stands behind key and value in a SET.</summary>
internal sealed record SetOptions
{
    public bool OnlyIfMissing { get; private set; }

    public bool OnlyIfExists { get; private set; }

    public bool ReturnsOld { get; private set; }

    public bool KeepsExpiry { get; private set; }

    public DateTimeOffset? ExpiresAt { get; private set; }

    public static SetOptions Read(CommandCall call, DateTimeOffset now)
    {
        var options = new SetOptions();
        for (var i = 3; i < call.Count; i++)
        {
            switch (call.Word(i))
            {
                case "NX" when !options.OnlyIfExists:
                    options.OnlyIfMissing = true;
                    break;
                case "XX" when !options.OnlyIfMissing:
                    options.OnlyIfExists = true;
                    break;
                case "GET":
                    options.ReturnsOld = true;
                    break;
                case "KEEPTTL" when options.ExpiresAt is null:
                    options.KeepsExpiry = true;
                    break;
                case "EX"
                or "PX"
                or "EXAT"
                or "PXAT" when i + 1 < call.Count && options.ExpiresAt is null && !options.KeepsExpiry:
                    options.ExpiresAt = Expiry.Read("set", call.Word(i), call.Integer(i + 1), now);
                    i++;
                    break;
                default:
                    throw CommandFault.Syntax();
            }
        }
        return options;
    }
}
