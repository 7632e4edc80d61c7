using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>What <c>up</c> says once it is ready: where to look, what to try, what to know.</summary>
internal sealed class Banner(Paint paint, string program)
{
    /// <summary>Writes it.</summary>
    public void Write(TextWriter writer, GatewayFacts facts, string agent, Home home, bool isFirst, TimeSpan took)
    {
        writer.WriteLine($"{paint.Strong("Bellhop")} is {paint.Good("ready")} after {took.TotalMilliseconds:0} ms.");
        writer.WriteLine();
        writer.WriteLine($"  HTTP API        {facts.Http}  (token in {home.Token})");
        writer.WriteLine(
            facts.Bus.Url is { } url
                ? $"  redis           {url}"
                : $"  redis protocol  {facts.Bus.Resp ?? "not spoken (bus.resp is null)"}"
        );
        writer.WriteLine($"  agent           {agent}");
        writer.WriteLine(
            $"  home            {home.Folder}{(isFirst ? "  (new; config.json explains every setting)" : "")}"
        );
        writer.WriteLine();
        writer.WriteLine("Try it in another terminal:");
        writer.WriteLine($"  {paint.Strong($"{program} push hello --wait")}");
        if (facts.Bus.Resp is { } resp)
        {
            var port = resp.EndsWith(":6379", StringComparison.Ordinal)
                ? ""
                : $" -p {resp[(resp.LastIndexOf(':') + 1)..]}";
            writer.WriteLine(
                $"  {paint.Strong($"redis-cli{port} LPUSH {facts.Bus.Prefix}:events:main '{{\"type\":\"hello\"}}'")}"
            );
        }
        foreach (var notice in facts.Notices)
        {
            writer.WriteLine();
            writer.WriteLine($"{paint.Warn("note:")} {notice}");
        }
        writer.WriteLine();
        writer.WriteLine("It stays up until Ctrl+C.");
        writer.Flush();
    }
}
