using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Diagnostics;

public sealed class StandingAlarmsTests
{
    private static readonly BusStatus Bus = new("embedded", null, "agent");

    private readonly ManualTime _time = new();
    private readonly Alarms _alarms;
    private readonly UlidFactory _ulids;

    public StandingAlarmsTests() =>
        (_alarms, _ulids) = (new Alarms(_time, NullLogger<Alarms>.Instance), new UlidFactory(_time));

    [Fact]
    public void RaiseDead_Many_IsOneAlarmThatNamesTheLast()
    {
        _alarms.Raise("store", "It cannot be read.");

        for (var i = 0; i < 300; i++)
            StandingAlarms.RaiseDead(_alarms, SessionId.Gateway, _ulids.Next(), "empty reply.");
        var last = _ulids.Next();
        StandingAlarms.RaiseDead(_alarms, SessionId.Gateway, last, "refused");

        _alarms.Open.Select(a => a.Name).ShouldBe(["store", "dead"]);
        _alarms
            .Open[1]
            .Message.ShouldStartWith(
                $"An event could not be delivered to gateway: refused. See `bellhop dead show {last}`"
            );
    }

    [Fact]
    public void Review_DeadLettersLeft_KeepsTheAlarmUntilThereIsNone()
    {
        StandingAlarms.RaiseDead(_alarms, SessionId.Gateway, _ulids.Next(), "refused");

        StandingAlarms.Review(_alarms, new StoreCounts(0, 1, []), Bus);
        _alarms.Open.ShouldHaveSingleItem();
        StandingAlarms.Review(_alarms, new StoreCounts(0, 0, []), Bus);

        _alarms.Open.ShouldBeEmpty();
    }
}
