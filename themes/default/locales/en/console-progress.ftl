console-menu-progress = Progress
console-progress-heading = Progress
console-progress-where =
    { $count ->
        [one] { $organisation } and 1 below
       *[other] { $organisation } and { $count } below
    }
console-progress-counted = counted
console-progress-download = Download (CSV)
console-progress-uncounted =
    { $count ->
        [one] 1 organisation is not counted yet, and its people are in none of these numbers. That takes a few minutes.
       *[other] { $count } organisations are not counted yet, and their people are in none of these numbers. That takes a few minutes.
    }
console-progress-nobody = Nobody is counted here.
console-progress-share = can log in with a key: { $with_key } of { $people } people
console-progress-bar = How many people have what:{ " " }
console-progress-two-keys = Two keys or more
console-progress-one-key = One key
console-progress-app-only = App only
console-progress-in-grace = In grace
console-progress-nothing = Nothing yet
console-progress-grace = People with nothing can still set up a key after their password. That ends
console-progress-interested =
    { $count ->
        [one] 1 person said that they would like a key.
       *[other] { $count } people said that they would like a key.
    }
console-progress-weeks = People with a key, week by week
console-progress-line = A line of how many people had a key, up to { $share }% today
console-progress-today = { $share }% today
console-progress-grace-ends = Grace ends
console-progress-no-weeks = One day is counted so far. From tomorrow you see here how it goes on.
console-progress-forecast = At this pace everybody has a second key by about { $day } { $month } { $year }.
console-progress-as-table = The same numbers as a table
console-progress-date = Day
console-progress-day = { $day } { $month }
console-progress-people = People
console-progress-with-key = With a key
console-progress-first = Who needs you first
console-progress-parts = By organisation
console-progress-all = All together

console-people-need = Who needs you first
console-need-unreached = Nothing yet, and no e-mail address
console-need-grace-ends = Grace ends within 7 days
console-need-one-key-alone = One key only, and it stays on that key
