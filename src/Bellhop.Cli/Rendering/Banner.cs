using Bellhop.Cli.Setup;
using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>What <c>up</c> says once it is ready: where to look, what to try, what to know.</summary>
internal sealed class Banner(Paint paint, string program)
{
    /// <summary>Where it is, as soon as events are accepted.</summary>
    public void Begin(TextWriter writer, GatewayFacts facts, Home home, bool isFirst, TimeSpan took)
    {
        writer.WriteLine($"{paint.Strong("Bellhop")} is {paint.Good("ready")} after {took.TotalMilliseconds:0} ms.");
        writer.WriteLine();
        writer.WriteLine($"  HTTP API        {facts.Http}  (token in {home.Token})");
        writer.WriteLine(
            facts.Bus.Url is { } url
                ? $"  redis           {url}"
                : $"  redis protocol  {facts.Bus.Resp ?? "not spoken (bus.resp is null)"}"
        );
        writer.WriteLine(
            $"  home            {home.Folder}{(isFirst ? "  (new; config.json explains every setting)" : "")}"
        );
        writer.Flush();
    }

    /// <summary>Who answers, what to try and what to know, once the agent has said how it is.</summary>
    public void End(TextWriter writer, GatewayFacts facts, LaneStatus? agent)
    {
        writer.WriteLine($"  agent           {(agent is null ? "none" : StatusView.Agent(agent))}");
        if (agent is { Problem: { } problem })
            writer.WriteLine($"                  {paint.Bad(Printable.Sentence(problem))}");
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
