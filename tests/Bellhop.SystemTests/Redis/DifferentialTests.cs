using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>
/// Runs each recorded script against a real Redis 7 and against our listener: every reply is equal byte for byte, but
/// for the steps that the script itself marks.
/// </summary>
public sealed class DifferentialTests
{
    private static string Folder => Repository.File("tests/Bellhop.SystemTests/Redis/Scripts");

    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Folder, "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_AgainstRedisAndListener_RepliesAreEqual(string script)
    {
        var commands = new CommandScript(Path.Combine(Folder, script));
        foreach (var resp3 in commands.IsForResp2Only ? [false] : new[] { false, true })
        {
            using var redis = await RealRedis.StartAsync();
            await using var ours = await RespHost.StartAsync();

            var expected = await commands.RunAsync(redis.Port, resp3);
            var actual = await commands.RunAsync(ours.Port, resp3);

            actual.ShouldBe(expected, $"{script}, RESP{(resp3 ? 3 : 2)}");
        }
    }
}
