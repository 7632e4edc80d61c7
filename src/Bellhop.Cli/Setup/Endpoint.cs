using System.Net;

namespace Bellhop.Cli.Setup;

/// <summary>Where to listen: an address of this machine and a port; 0 is any free port.</summary>
internal sealed record Endpoint(IPAddress Address, int Port)
{
    /// <summary>Reachable from this machine only.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>127.0.0.1:3018</c>, <c>[::1]:3018</c> or <c>localhost:3018</c>; null for anything else.</summary>
    public static Endpoint? Parse(string text)
    {
        const string local = "localhost:";
        if (text.StartsWith(local, StringComparison.OrdinalIgnoreCase))
            text = $"127.0.0.1:{text[local.Length..]}";
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port))
            return null;
        var host = text[..colon];
        // Without brackets the last group of an IPv6 address would be taken for the port.
        var bracketed = host is ['[', .., ']'];
        if (host.Contains(':', StringComparison.Ordinal) && !bracketed)
            return null;
        return
            IPAddress.TryParse(bracketed ? host[1..^1] : host, out var address)
            && (bracketed || host.Count(c => c == '.') == 3)
            ? new Endpoint(address, port)
            : null;
    }

    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
