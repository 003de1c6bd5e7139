//! Trains the classifier of short values: `train_values VALUES MODEL`.
//!
//! Multinomial logistic regression by stochastic descent over the features that the scanner itself
//! uses. Every number is an integer, and so is the order of the values, so that the same values
//! give the same model bit by bit, on any machine. Prints how many values of a part that was kept
//! out are told rightly, by class.
#![allow(clippy::print_stdout, reason = "its progress and figures are printed")]

use std::error::Error;
use std::fs;

use scrim_detect::classify::{buckets, scaled, softmax, Buckets, Model, BUCKETS, ONE, WEIGHT_BITS};

/// One value of this many is kept out.
const KEPT_OUT: usize = 40;
const EPOCHS: u32 = 5;
/// Step of the descent at the beginning, in the fixed point; it falls to nothing.
const STEP: i64 = ONE * 3 / 10;
/// Largest weight: what one byte can hold.
const LARGEST: i64 = (127 * ONE) >> WEIGHT_BITS;

struct Example {
    class: usize,
    buckets: Vec<u16>,
}

/// Names of the classes, and the values.
type Training<'a> = (Vec<&'a str>, Vec<Example>);

fn read(text: &str) -> Result<Training<'_>, Box<dyn Error>> {
    let mut lines = text.lines();
    let names = lines.next().ok_or("no names")?.split('\t').collect();
    let mut found = Buckets::default();
    let mut examples = Vec::new();
    for line in lines {
        let (class, value) = line.split_once('\t').ok_or("no tabulator")?;
        buckets(value.as_bytes(), &mut found);
        examples.push(Example {
            class: class.parse()?,
            buckets: found.list.clone(),
        });
    }
    Ok((names, examples))
}

/// Orders the examples by chance that is the same each time (xorshift, Fisher and Yates).
fn shuffle(examples: &mut [Example], state: &mut u64) {
    for last in (1..examples.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let other = usize::try_from(*state % (last as u64 + 1)).unwrap_or(0);
        examples.swap(last, other);
    }
}

fn shares(weights: &[i64], example: &Example, scores: &mut [i64]) {
    let classes = scores.len();
    scores.fill(0);
    for &bucket in &example.buckets {
        let row = usize::from(bucket) * classes;
        for (score, weight) in scores.iter_mut().zip(&weights[row..row + classes]) {
            *score += weight;
        }
    }
    for score in scores.iter_mut() {
        *score = scaled(*score, example.buckets.len());
    }
    softmax(scores);
}

fn learn(weights: &mut [i64], example: &Example, scores: &mut [i64], step: i64) {
    shares(weights, example, scores);
    let classes = scores.len();
    for (class, share) in scores.iter_mut().enumerate() {
        let wanted = if class == example.class { ONE } else { 0 };
        *share = scaled((wanted - *share) * step / ONE, example.buckets.len());
    }
    for &bucket in &example.buckets {
        let row = usize::from(bucket) * classes;
        for (weight, change) in weights[row..row + classes].iter_mut().zip(&*scores) {
            *weight = (*weight + change).clamp(-LARGEST, LARGEST);
        }
    }
}

fn report(names: &[&str], weights: &[i64], kept: &[Example]) {
    let classes = names.len();
    let mut counts = vec![vec![0_u32; classes]; classes];
    let mut scores = vec![0; classes];
    for example in kept {
        shares(weights, example, &mut scores);
        let best = (0..classes).max_by_key(|&class| scores[class]).unwrap_or(0);
        counts[example.class][best] += 1;
    }
    let right: u32 = (0..classes).map(|class| counts[class][class]).sum();
    println!("{right} of {} values kept out are right", kept.len());
    for (name, row) in names.iter().zip(&counts) {
        let cells: Vec<String> = row.iter().map(|count| format!("{count:6}")).collect();
        println!("{name:14}{}", cells.join(""));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, values, model] = &arguments[..] else {
        return Err("usage: train_values VALUES MODEL".into());
    };
    let text = fs::read_to_string(values)?;
    let (names, mut examples) = read(&text)?;
    let mut state = 0x9e37_79b9_7f4a_7c15;
    shuffle(&mut examples, &mut state);
    let kept = examples.split_off(examples.len() - examples.len() / KEPT_OUT);
    let mut weights = vec![0_i64; BUCKETS * names.len()];
    let mut scores = vec![0; names.len()];
    let total = i64::try_from(examples.len())? * i64::from(EPOCHS);
    let mut done = 0;
    for epoch in 0..EPOCHS {
        shuffle(&mut examples, &mut state);
        for example in &examples {
            learn(
                &mut weights,
                example,
                &mut scores,
                STEP * (total - done) / total,
            );
            done += 1;
        }
        println!("epoch {} of {EPOCHS}", epoch + 1);
        report(&names, &weights, &kept);
    }
    let unit = ONE >> WEIGHT_BITS;
    let rounded =
        |weight: &i64| i8::try_from((weight + unit / 2).div_euclid(unit)).unwrap_or(i8::MAX);
    let small: Vec<i8> = weights.iter().map(rounded).collect();
    let coarse: Vec<i64> = small
        .iter()
        .map(|&weight| i64::from(weight) * unit)
        .collect();
    println!("with small weights");
    report(&names, &coarse, &kept);
    fs::write(model, Model::file(&names, &small))?;
    Ok(())
}
