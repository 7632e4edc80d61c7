using System.Text;
using Bellhop.Diagnostics.Views;
using Bellhop.Events;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Events;

/// <summary>Whatever comes in, there is an event or a fault, never both, never an exception; and the event can be shown.</summary>
public sealed class EventReaderFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;

    private static readonly string[] Names =
    [
        "type",
        "source",
        "fn",
        "id",
        "ts",
        "origin",
        "originSession",
        "payload",
        "",
        "\\ud800",
        "\\u0074ype",
        "typ\\u0065",
    ];

    private static readonly string[] Scalars =
    [
        "null",
        "true",
        "0",
        "-1",
        "1e999",
        "17e-400",
        "1771372800000",
        "\"\"",
        "\"pid-1\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"2026-02-30\"",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59-14:00\"",
        "\"\\ud83d\\udd14\"",
        "\"/\\\\\\\"\"",
    ];

    private readonly ManualTime _time = new();

    [Fact]
    public void Read_RandomBytes_NeverThrows() =>
        Check(random =>
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            return bytes;
        });

    [Fact]
    public void Read_RandomJson_NeverThrows() => Check(random => Encoding.UTF8.GetBytes(Value(random, 0)));

    [Fact]
    public void Read_DamagedJson_NeverThrows() =>
        Check(random =>
        {
            var bytes = Encoding.UTF8.GetBytes(Value(random, 0));
            for (var i = random.Next(3); i >= 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return bytes[..random.Next(1, bytes.Length + 1)];
        });

    private void Check(Func<Random, byte[]> next)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var reader = new EventReader(_time, new UlidFactory(_time));
        for (var round = 0; round < Rounds; round++)
        {
            var body = next(random);
            var result = Try(() => reader.Read(body, new EventDefaults()), body);
            (result.Event is null).ShouldBe(result.Fault is not null, Convert.ToHexString(body));
            var shown = result.Event ?? reader.Unreadable(body, new EventDefaults());
            Try(
                () =>
                    System.Text.Json.JsonSerializer.Serialize(
                        EventDto.From(shown),
                        typeof(EventDto),
                        BellhopJson.Plain
                    ),
                body
            );
        }
    }

    private static T Try<T>(Func<T> work, byte[] body)
    {
        try
        {
            return work();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Failed on {Convert.ToHexString(body)}", e);
        }
    }

    private static string Value(Random random, int depth)
    {
        if (depth > 0 && (depth > 4 || random.Next(3) > 0))
            return Scalars[random.Next(Scalars.Length)];
        var count = random.Next(6);
        if (depth > 0 && random.Next(2) == 0)
            return $"[{string.Join(", ", Enumerable.Range(0, count).Select(_ => Value(random, depth + 1)))}]";
        return $"{{{string.Join(',', Enumerable.Range(0, count).Select(_ => $"\"{Names[random.Next(Names.Length)]}\":{Value(random, depth + 1)}"))}}}";
    }
}
