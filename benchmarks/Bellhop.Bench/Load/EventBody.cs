using System.Text;
using Bellhop.Bench.MockAgent;

namespace Bellhop.Bench.Load;

/// <summary>The events that the benches push: about 230 bytes, their number in the type, which every prompt shows.</summary>
internal static class EventBody
{
    /// <summary>The central session, as the skill's producers know it.</summary>
    public const string Central = "main";

    public static string List(string session) => $"agent:events:{session}";

    public static string Channel(string session) => $"agent:notify:{session}";

    public static byte[] Write(int number, TimeProvider time) => Write(number, Guid.NewGuid().ToString(), time);

    public static byte[] Write(int number, string id, TimeProvider time) =>
        Encoding.UTF8.GetBytes(
            $$"""
            {"id":"{{id}}","type":"{{PromptLog.EventType(
                number
            )}}","source":"bench","payload":{"file":"video-{{number:D7}}.mp4","bytes":73400320,"status":"ok","detail":"finished in 42 s"},"ts":{{time.GetUtcNow().ToUnixTimeMilliseconds()}}}
            """
        );

    /// <summary>What the skill's producers publish after the push.</summary>
    public static byte[] Notice(int number) =>
        Encoding.UTF8.GetBytes($$"""{"type":"{{PromptLog.EventType(number)}}"}""");
}
