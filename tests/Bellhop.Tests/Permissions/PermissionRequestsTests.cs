using Bellhop.Permissions;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging;

namespace Bellhop.Tests.Permissions;

public sealed class PermissionRequestsTests : IDisposable
{
    private const string Turn = "01M7YEK2Z8YQN5VNXE18Z5GGNV";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly ManualTime _time = new();
    private readonly LogCapture _logs = new();
    private readonly PermissionRequests _requests;

    public PermissionRequestsTests()
    {
        using var loggers = LoggerFactory.Create(l => l.AddProvider(_logs));
        _requests = new PermissionRequests(_time, loggers.CreateLogger<PermissionRequests>());
    }

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Answer_Allow_SettlesWithTheOptionForThisOneCall()
    {
        var asked = AskAsync(Question());
        var request = _requests.Open.ShouldHaveSingleItem();
        (request.Session, request.Turn, request.AskedAt, request.ExpiresAt).ShouldBe(
            ("gateway", Turn, ManualTime.DefaultStart, ManualTime.DefaultStart + Limit)
        );

        _requests.Answer(request.Id, "allow").ShouldBeOfType<PermissionAnswer.Taken>();

        var outcome = await asked;
        (outcome.Decision, outcome.Option!.Id).ShouldBe((PermissionDecision.Allowed, "once"));
        _requests.Open.ShouldBeEmpty();
        _requests.Answer(request.Id, "deny").ShouldBe(new PermissionAnswer.TooLate(PermissionDecision.Allowed));
    }

    [Theory]
    [InlineData("deny", PermissionDecision.Denied, "no")]
    [InlineData("always", PermissionDecision.Allowed, "always")]
    [InlineData("no", PermissionDecision.Denied, "no")]
    public async Task Answer_OtherWords_TakeTheirOption(string word, PermissionDecision decision, string option)
    {
        var asked = AskAsync(Question());
        _requests.Answer(_requests.Open[0].Id, word);
        var outcome = await asked;
        (outcome.Decision, outcome.Option!.Id).ShouldBe((decision, option));
    }

    [Fact]
    public async Task Answer_ChoiceBetweenThings_TakesNoPlainYes()
    {
        var asked = AskAsync(
            Question(
                new PermissionOption("red", "Red", PermissionOptionKind.AllowOnce),
                new PermissionOption("allow", "Blue", PermissionOptionKind.AllowOnce)
            )
        );
        var id = _requests.Open[0].Id;

        _requests
            .Answer(id, "allow")
            .ShouldBeOfType<PermissionAnswer.NoSuchOption>()
            .Answers.ShouldBe(["deny", "red", "allow"]);
        _requests.Open.ShouldHaveSingleItem();
        _requests.Answer(id, "deny");
        (await asked).ShouldBe(new PermissionOutcome(PermissionDecision.Denied, null), "no option says no");
    }

    [Fact]
    public async Task Ask_NobodyAnswers_IsDeniedAtItsLimit()
    {
        var asked = AskAsync(Question());
        var id = _requests.Open[0].Id;
        _time.Advance(Limit - TimeSpan.FromTicks(1));
        asked.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromTicks(1));

        var outcome = await asked;
        (outcome.Decision, outcome.Option!.Id).ShouldBe((PermissionDecision.Expired, "no"));
        _requests.Answer(id, "allow").ShouldBe(new PermissionAnswer.TooLate(PermissionDecision.Expired));
        _time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public async Task Ask_TurnEnds_IsCancelledWithoutAnOption()
    {
        using var over = new CancellationTokenSource();
        var asked = _requests.AskAsync("gateway", Turn, Question(), Limit, over.Token);
        await over.CancelAsync();

        (await asked).ShouldBe(new PermissionOutcome(PermissionDecision.Cancelled, null));
        _requests.Open.ShouldBeEmpty();
        (await _requests.AskAsync("gateway", Turn, Question(), Limit, over.Token)).Decision.ShouldBe(
            PermissionDecision.Cancelled
        );
    }

    [Fact]
    public async Task Ask_MoreThanAPersonCanLookThrough_IsDeniedAtOnce()
    {
        for (var i = 0; i < PermissionRequests.Capacity; i++)
            _ = AskAsync(Question());
        _requests.Open.Select(r => r.Id).Distinct().Count().ShouldBe(PermissionRequests.Capacity);

        var outcome = await AskAsync(Question());

        (outcome.Decision, outcome.Option!.Id).ShouldBe((PermissionDecision.Crowded, "no"));
        _requests.Open.Count.ShouldBe(PermissionRequests.Capacity);
    }

    [Fact]
    public async Task Changed_AtEachAskAndSettlement_Completes()
    {
        var changed = _requests.Changed;
        changed.IsCompleted.ShouldBeFalse();
        var asked = AskAsync(Question());
        changed.IsCompleted.ShouldBeTrue();
        changed = _requests.Changed;
        _requests.Answer(_requests.Open[0].Id, "nonsense");
        changed.IsCompleted.ShouldBeFalse();
        _requests.Answer(_requests.Open[0].Id, "deny");
        changed.IsCompleted.ShouldBeTrue();
        await asked;
    }

    [Fact]
    public void Answer_UnknownId_IsUnknown() =>
        _requests.Answer("nobody", "allow").ShouldBeOfType<PermissionAnswer.Unknown>();

    [Fact]
    public async Task Log_AskedAndSettled_NamesTheRequestAndNotTheCall()
    {
        var asked = AskAsync(Question());
        var id = _requests.Open[0].Id;
        _requests.Answer(id, "deny");
        await asked;

        _logs.Text.ShouldContain($"request {id} of turn {Turn}");
        _logs.Text.ShouldContain($"request {id} of gateway is settled: Denied");
        _logs.Text.ShouldNotContain("rm -r");
    }

    [Theory]
    [InlineData("plain, ü and 日本", "plain, ü and 日本")]
    [InlineData("a\nb\u001b[2Jc\u202ed\u2028e\0", "a b [2Jc d e ")]
    [InlineData("0123456789012345678901234567890", "012345678901234567890123456789…")]
    [InlineData("01234567890123456789012345678🔔x", "01234567890123456789012345678…")]
    [InlineData("", "")]
    public void AgentText_Of_IsOneBoundedLine(string text, string shown) => AgentText.Of(text, 31).ShouldBe(shown);

    private Task<PermissionOutcome> AskAsync(PermissionQuestion question) =>
        _requests.AskAsync("gateway", Turn, question, Limit, TestContext.Current.CancellationToken);

    private static PermissionQuestion Question(params PermissionOption[] options) =>
        new(
            "rm -r",
            "execute",
            null,
            options is []
                ?
                [
                    new PermissionOption("always", "Always", PermissionOptionKind.AllowAlways),
                    new PermissionOption("once", "Once", PermissionOptionKind.AllowOnce),
                    new PermissionOption("no", "No", PermissionOptionKind.RejectOnce),
                ]
                : options
        );
}
