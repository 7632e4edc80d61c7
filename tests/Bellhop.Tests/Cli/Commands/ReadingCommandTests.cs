using Bellhop.Cli.Commands;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Cli.Commands;

public sealed class ReadingCommandTests : IDisposable
{
    private const string Key = "01M7YEK2Z8YQN5VNXE18Z5GGNV";

    private const string Row =
        """{"delivery":7,"key":"01M7YEK2Z8YQN5VNXE18Z5GGNV","id":"a/b c","type":"t","source":"s","kind":"machine","session":"gateway","state":"dead","attempts":3,"reason":"\u001b[2Jempty","arrivedAt":"2026-11-21T07:10:57.312Z","updatedAt":"2026-11-21T07:11:07.632Z"}""";

    private readonly TemporaryHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Events_Json_PrintsTheApisObjectsOneALine()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            "GET /v1/events",
            $$"""{"events":[{{Row}},{{Row}}],"next":null}"""
        );

        var run = await CommandRun.RunAsync(
            _home,
            "events",
            "--state",
            "dead",
            "--session",
            "host/pid-1",
            "--limit",
            "2",
            "--json"
        );

        run.ShouldBe(new CommandRun(0, $"{Row}\n{Row}\n", ""));
        api.Requests.Single().Call.ShouldBe("GET /v1/events?limit=2&state=dead&session=host%2Fpid-1");
    }

    [Fact]
    public async Task Events_ForAPerson_EscapesWhatCameFromOutside()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            "GET /v1/events",
            $$"""{"events":[{{Row}}],"next":7}"""
        );

        var run = await CommandRun.RunAsync(_home, "events");

        run.Out.ShouldContain("\\x1b[2Jempty");
        run.Out.ShouldNotContain("\e");
        run.Out.ShouldContain("There are more");
    }

    [Theory]
    [InlineData("trace", "", "Say which event")]
    [InlineData("trace", ".", "'bellhop events --json'")]
    [InlineData("trace", "..", "'bellhop events --json'")]
    public async Task Trace_IdThatNoPathCarries_IsAUsageErrorThatSaysSo(string command, string id, string why)
    {
        await using var api = await FakeApi.StartAsync(_home.Home);

        var run = await CommandRun.RunAsync(_home, command, id);

        run.Code.ShouldBe(2);
        run.Error.ShouldContain(why);
        api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_FollowAndNobodyReads_Ends()
    {
        const string move =
            """{"key":"K","id":"i","type":"t","source":"s","session":"gateway","delivery":1,"state":"queued","at":"2026-11-21T07:10:57.312Z","note":null}""";
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("GET /v1/events", $"{move}\n{move}\n");
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter());
        var context = new CommandContext
        {
            Out = output,
            Error = error,
            IsRead = () => false,
            Input = () => Stream.Null,
            Environment = _home.Environment,
        };

        var code = await CommandLine.RunAsync(
            ["events", "--follow", "--json"],
            context,
            TestContext.Current.CancellationToken
        );

        (code, output.ToString(), error.ToString()).ShouldBe((0, $"{move}\n", ""));
    }

    [Fact]
    public async Task Events_Follow_PrintsEachLineUntilTheStreamEnds()
    {
        const string move =
            """{"key":"K","id":"i","type":"t","source":"s","session":"gateway","delivery":1,"state":"queued","at":"2026-11-21T07:10:57.312Z","note":null}""";
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("GET /v1/events", $"{move}\n{move}\n");

        (await CommandRun.RunAsync(_home, "events", "--follow", "--json")).Out.ShouldBe($"{move}\n{move}\n");
        (await CommandRun.RunAsync(_home, "events", "--follow")).Out.ShouldContain("queued     t (s)  i → gateway");
        api.Requests.First().Call.ShouldBe("GET /v1/events?follow=true");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("--json", """{"error":{"code":"BH-5032","message":"You fell behind."}}""")]
    public async Task Events_FollowIsBrokenOff_SaysWhyAndIs1(string option, string output)
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            "GET /v1/events",
            """{"error":{"code":"BH-5032","message":"You fell behind."}}""" + "\n"
        );

        var run = await CommandRun.RunAsync(_home, [.. new[] { "events", "--follow", option }.Where(o => o != "")]);

        (run.Code, run.Out.Trim()).ShouldBe((1, output));
        run.Error.ShouldContain("BH-5032 You fell behind.");
        run.Error.ShouldNotContain("The gateway stopped");
    }

    [Fact]
    public async Task Trace_IdWithAnything_IsEscapedInThePath()
    {
        await using var api = await FakeApi.StartAsync(_home.Home);

        var run = await CommandRun.RunAsync(_home, "trace", "a/b?c");

        run.Code.ShouldBe(1);
        run.Error.ShouldBe("BH-4040: No event has this key or id.\n");
        api.Requests.Single().Call.ShouldStartWith("GET /v1/events/a%2Fb");
    }

    [Fact]
    public async Task DeadList_SeveralPages_ReadsAll()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            "GET /v1/events",
            $$"""{"events":[{{Row}}],"next":null}"""
        );

        (await CommandRun.RunAsync(_home, "dead", "list", "--json")).Out.ShouldBe(Row + "\n");

        api.Requests.Single().Call.ShouldContain("state=dead&dismissed=false");
    }

    [Fact]
    public async Task DeadReplayAll_Rows_AreReplayedByKey()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home))
            .On("GET /v1/events", $$"""{"events":[{{Row}},{{Row}}],"next":null}""")
            .On($"POST /v1/events/{Key}/replay", $$"""{"id":"{{Key}}","sessions":["gateway"]}""", 202);

        var run = await CommandRun.RunAsync(_home, "dead", "replay", "--all");

        run.ShouldBe(new CommandRun(0, $"queued {Key} → gateway\n", ""));
    }

    [Fact]
    public async Task DeadShow_BytesThatAreNoText_AreShownInHex()
    {
        var receipt = Receipts
            .Json("dead", "\"BH-4003\"", null)
            .Replace(
                "\"unreadable\":null",
                "\"unreadable\":{\"encoding\":\"base64\",\"text\":\"/xtB\",\"bytes\":3}",
                StringComparison.Ordinal
            );
        await using var api = (await FakeApi.StartAsync(_home.Home)).On("GET /v1/events/x", receipt);

        var run = await CommandRun.RunAsync(_home, "dead", "show", "x");

        run.Code.ShouldBe(0);
        run.Out.ShouldContain("unreadable, 3 bytes, below\n");
        run.Out.ShouldEndWith($"000000  {"ff 1b 41", -47}  ..A\n");
        (await CommandRun.RunAsync(_home, "trace", "x")).Out.ShouldContain("3 bytes: 'bellhop dead show");
    }

    [Fact]
    public async Task DeadDrop_DeadLetter_IsDismissed()
    {
        await using var api = (await FakeApi.StartAsync(_home.Home)).On(
            "POST /v1/events/x/dismiss",
            """{"id":"x","dismissed":1}"""
        );

        (await CommandRun.RunAsync(_home, "dead", "drop", "x")).ShouldBe(new CommandRun(0, "dropped x\n", ""));
    }
}
